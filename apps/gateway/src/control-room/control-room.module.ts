import { Module } from '@nestjs/common';
import { ControlRoomController } from './control-room.controller.ts';

@Module({ controllers: [ControlRoomController] })
export class ControlRoomModule {}
