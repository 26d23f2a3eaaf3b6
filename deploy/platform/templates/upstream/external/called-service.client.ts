import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { HealthRegistry } from '@film-store/health';
import { HttpUpstream, InjectUpstream } from '@film-store/resilience';
import { createUpstreamCheck } from '@film-store/service';

/** The request of the health check. Choose a cheap one, to which a healthy server responds with JSON. */
const HEALTH_REQUEST = { path: '/', schema: z.unknown() };

@Injectable()
export class CalledServiceClient implements OnModuleInit {
  constructor(
    @InjectUpstream('called-service') private readonly upstream: HttpUpstream,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    const check = createUpstreamCheck(this.upstream, HEALTH_REQUEST);
    this.health.register({ name: 'called-service', critical: false, check });
  }

  /** Replace this method by one for each request of yours. @throws Problem as `HttpUpstream.get` does */
  read<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return this.upstream.get(path, { schema });
  }
}
