import { Readable } from 'node:stream';
import { Controller, Get, Module, Post, Redirect, Res, Sse, StreamableFile, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { EMPTY } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { IdempotencyModule } from '../src/idempotency.module.ts';
import { Idempotent } from '../src/idempotent.decorator.ts';
import { memoryStore } from '../src/memory-store.ts';
import { ApiIdempotent } from '../src/openapi.ts';

function createApp(controller: Type): Promise<NestFastifyApplication> {
  @Module({
    imports: [
      IdempotencyModule.forRootAsync({
        useFactory: () => ({ store: memoryStore(), secret: 'a secret of thirty-two characters' }),
      }),
    ],
    controllers: [controller],
  })
  class RouteModule {}
  return NestFactory.create<NestFastifyApplication>(RouteModule, new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
}

@Controller('file')
class FileController {
  @Post()
  @Idempotent()
  file(): StreamableFile {
    return new StreamableFile(Buffer.from('x'));
  }
}

@Controller('stream')
class StreamController {
  @Post()
  @Idempotent()
  stream(): Readable {
    return Readable.from(['x']);
  }
}

@Controller('events')
class EventsController {
  @Sse()
  @Idempotent()
  events() {
    return EMPTY;
  }
}

@Controller('reply')
class ReplyController {
  @Post()
  @Idempotent()
  reply(@Res() reply: FastifyReply) {
    void reply.send('x');
  }
}

@Controller('redirect')
class RedirectController {
  @Post()
  @Redirect('/elsewhere')
  @Idempotent()
  redirect() {}
}

@Controller()
class LateController {
  @Post('late')
  @Idempotent()
  @ApiIdempotent()
  async late() {
    return Readable.from(['x']);
  }

  @Post('nothing')
  @Idempotent()
  nothing(@Res({ passthrough: true }) reply: FastifyReply): void {
    void reply.status(204);
  }

  @Get('stream')
  stream(): StreamableFile {
    return new StreamableFile(Buffer.from('x'));
  }
}

describe('31: a streaming response on an idempotent route: rejected at start-up', () => {
  it.each([
    [FileController, 'FileController.file is @Idempotent() but returns a stream'],
    [StreamController, 'StreamController.stream is @Idempotent() but returns a stream'],
    [EventsController, 'EventsController.events is @Idempotent() but uses @Sse()'],
    [ReplyController, 'ReplyController.reply is @Idempotent() but takes @Res()'],
    [
      RedirectController,
      'RedirectController.redirect is @Idempotent() but uses @Sse(), @Render() or @Redirect()',
    ],
  ])('when its method declares it: %o', async (controller, message) => {
    const app = await createApp(controller);
    await expect(app.init()).rejects.toThrow(message);
    await app.close();
  });

  it('or at the request, if the method does not declare it', async () => {
    const app = await createApp(LateController);
    try {
      await app.listen(0, '127.0.0.1');
      const url = await app.getUrl();
      const send = (path: string) =>
        fetch(url + path, { method: 'POST', headers: { 'idempotency-key': '0123456789abcdef' } });
      expect((await send('/late')).status).toBe(500);
      const first = await send('/nothing');
      const second = await send('/nothing');
      expect([first.status, second.status]).toEqual([204, 204]);
      expect(second.headers.get('idempotent-replayed')).toBe('true');
      expect(second.headers.get('content-type')).toBeNull();
      expect(await (await fetch(`${url}/stream`)).text()).toBe('x');
    } finally {
      await app.close();
    }
  });
});

it('an idempotent route documents its header and its problems', async () => {
  const app = await createApp(LateController);
  try {
    const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    const { parameters, responses } = (document as unknown as OpenApi).paths['/late']!.post;
    expect(parameters).toContainEqual(
      expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: true }),
    );
    expect(responses['400']!.description).toContain('idempotency-key-missing');
    expect(responses['400']!.description).toContain('idempotency-key-invalid');
    expect(responses['409']!.description).toContain('operation-in-progress');
    expect(responses['409']!.description).toContain('outcome-unknown');
    expect(responses['422']!.description).toContain('idempotency-key-reused');
    expect(responses['503']!.description).toContain('idempotency-unavailable');
  } finally {
    await app.close();
  }
});

interface OpenApi {
  readonly paths: Record<
    string,
    { post: { parameters: object[]; responses: Record<string, { description: string }> } }
  >;
}
