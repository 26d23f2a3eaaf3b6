import 'reflect-metadata';
import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

/** Entry of an application whose `app.module.ts` is the snippet of a library's README. */
interface Snippet {
  readonly AppModule: Type;
  readonly configure?: (app: INestApplication) => unknown;
}

const compiled: string = './src/app.module.js';
const { AppModule, configure } = (await import(compiled)) as Snippet;
const app = await NestFactory.create(
  AppModule,
  process.argv[2] === 'express' ? new ExpressAdapter() : new FastifyAdapter(),
  { logger: ['error', 'warn'], abortOnError: false },
);
await configure?.(app);
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
console.log(await app.getUrl());
