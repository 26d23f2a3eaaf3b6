import { Stream } from 'node:stream';
import { Injectable, type OnModuleInit, StreamableFile, type Type } from '@nestjs/common';
import {
  REDIRECT_METADATA,
  RENDER_METADATA,
  RESPONSE_PASSTHROUGH_METADATA,
  ROUTE_ARGS_METADATA,
  SSE_METADATA,
} from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { IDEMPOTENT } from './idempotent.decorator.ts';

/** Refuses to start with an idempotent route whose answer does not come from what its handler returns. */
@Injectable()
export class RefuseStreams implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** A stream behind a promise cannot be seen here; it is refused when it comes. */
  onModuleInit(): void {
    for (const { metatype } of this.discovery.getControllers()) {
      if (typeof metatype !== 'function') continue;
      for (const name of this.scanner.getAllMethodNames(metatype.prototype as object)) {
        const why = whyNotRecorded(metatype as Type, name);
        if (why !== undefined)
          throw new Error(`${metatype.name}.${name} is @Idempotent() but ${why}: nothing could be recorded`);
      }
    }
  }
}

function whyNotRecorded(controller: Type, name: string): string | undefined {
  const prototype = controller.prototype as Record<string, object>;
  const handler = prototype[name]!;
  if (!Reflect.hasMetadata(IDEMPOTENT, handler)) return undefined;
  const has = (key: string): boolean => Reflect.hasMetadata(key, handler);
  if (has(SSE_METADATA) || has(RENDER_METADATA) || has(REDIRECT_METADATA))
    return 'uses @Sse(), @Render() or @Redirect()';
  if (repliesItself(controller, name)) return 'takes @Res() or @Next() without passthrough';
  return isStreamType(Reflect.getMetadata('design:returntype', prototype, name))
    ? 'returns a stream'
    : undefined;
}

function repliesItself(controller: Type, name: string): boolean {
  const args = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) as object | undefined;
  const takesReply = Object.keys(args ?? {}).some((key) =>
    [RouteParamtypes.RESPONSE, RouteParamtypes.NEXT].includes(Number(key.split(':', 1)[0])),
  );
  return takesReply && Reflect.getMetadata(RESPONSE_PASSTHROUGH_METADATA, controller, name) !== true;
}

const isStreamType = (type: unknown): boolean =>
  typeof type === 'function' &&
  [StreamableFile, Stream, ReadableStream, Response].some(
    (stream) => type === stream || type.prototype instanceof stream,
  );
