import { Module } from '@nestjs/common';
import { TIME, systemTime } from './time.ts';

@Module({ providers: [{ provide: TIME, useValue: systemTime }], exports: [TIME] })
export class PollingModule {}
