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

/** Stops the start if an idempotent route cannot be recorded, because its response is not the value of its handler. */
@Injectable()
export class RefuseStreams implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** The type of a stream in a promise is unknown at the start, so the request fails when it runs. */
  onModuleInit(): void {
    for (const { metatype } of this.discovery.getControllers()) {
      if (typeof metatype !== 'function') continue;
      for (const name of this.scanner.getAllMethodNames(metatype.prototype as object)) {
        const reason = findObstacle(metatype as Type, name);
        if (reason !== undefined)
          throw new Error(
            `${metatype.name}.${name} is @Idempotent() but ${reason}, so its response cannot be recorded`,
          );
      }
    }
  }
}

function findObstacle(controller: Type, name: string): string | undefined {
  const prototype = controller.prototype as Record<string, object>;
  const handler = prototype[name]!;
  if (!Reflect.hasMetadata(IDEMPOTENT, handler)) return undefined;
  const has = (key: string): boolean => Reflect.hasMetadata(key, handler);
  if (has(SSE_METADATA) || has(RENDER_METADATA) || has(REDIRECT_METADATA))
    return 'uses @Sse(), @Render() or @Redirect()';
  if (sendsResponseItself(controller, name)) return 'takes @Res() or @Next() without passthrough';
  return isStreamType(Reflect.getMetadata('design:returntype', prototype, name))
    ? 'returns a stream'
    : undefined;
}

const REPLIES = new Set<number>([RouteParamtypes.RESPONSE, RouteParamtypes.NEXT]);

function sendsResponseItself(controller: Type, name: string): boolean {
  const args = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) as object | undefined;
  const takesReply = Object.keys(args ?? {}).some((key) => REPLIES.has(Number(key.split(':', 1)[0])));
  return takesReply && Reflect.getMetadata(RESPONSE_PASSTHROUGH_METADATA, controller, name) !== true;
}

/** Uses `Response` only if necessary, because its first use loads 2 MiB. Most handlers return a promise. */
const isStreamType = (type: unknown): boolean =>
  typeof type === 'function' &&
  type !== Promise &&
  [StreamableFile, Stream, ReadableStream, Response].some(
    (stream) => type === stream || type.prototype instanceof stream,
  );
