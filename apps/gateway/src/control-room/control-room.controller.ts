import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Problem } from '@film-store/problem';
import { CONFIG } from '@film-store/service';
import type { GatewayConfig } from '../gateway.config.ts';
import { type PageFile, readPageFiles } from './page-files.ts';

interface Reply {
  header(name: string, value: string): Reply;
  send(body: Buffer): unknown;
}

/** Allows only resources from this origin, without inline scripts and styles. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  ...['script-src', 'style-src', 'connect-src', 'img-src'].map((directive) => `${directive} 'self'`),
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the control room: a page that shows the store and the state of the system. It reads both from `/api` and `/ops`. */
@ApiExcludeController()
@Controller()
export class ControlRoomController {
  readonly #files: ReadonlyMap<string, PageFile>;

  constructor(@Inject(CONFIG) private readonly config: GatewayConfig) {
    this.#files = config.CONTROL_ROOM ? readPageFiles() : new Map();
  }

  @Get()
  page(@Res() reply: Reply): void {
    this.#send('index.html', reply.header('content-security-policy', CONTENT_SECURITY_POLICY));
  }

  @Get('control-room/settings.json')
  settings() {
    if (!this.config.CONTROL_ROOM) throw new Problem('not-found');
    const { JAEGER_URL, GRAFANA_URL, COMPARE_URL, ADMIN_TOKEN } = this.config;
    return {
      jaegerUrl: JAEGER_URL?.replace(/\/$/, '') ?? null,
      grafanaUrl: GRAFANA_URL ?? null,
      compareUrl: COMPARE_URL ?? null,
      // #region part: faults
      faults: this.config.FAULTS_ENABLED,
      // #endregion part: faults
      token: ADMIN_TOKEN !== undefined,
    };
  }

  @Get('control-room/:file')
  file(@Param('file') name: string, @Res() reply: Reply): void {
    this.#send(name, reply);
  }

  #send(name: string, reply: Reply): void {
    const file = this.#files.get(name);
    if (!file) throw new Problem('not-found');
    reply.header('content-type', file.type).header('cache-control', 'no-cache').send(file.body);
  }
}
