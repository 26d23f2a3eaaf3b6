import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { z } from 'zod';
import { HealthRegistry } from '@film-store/health';
import { HttpUpstream, InjectUpstream } from '@film-store/resilience';
import { createUpstreamCheck } from '@film-store/service';

@Injectable()
export class CalledServiceClient implements OnModuleInit {
  constructor(
    @InjectUpstream('called-service') private readonly upstream: HttpUpstream,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    const check = createUpstreamCheck(this.upstream);
    this.health.register({ name: 'called-service', critical: false, check });
  }

  /** Replace this method by one for each request of yours. @throws Problem as `HttpUpstream.get` does */
  read<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return this.upstream.get(path, { schema });
  }
}
