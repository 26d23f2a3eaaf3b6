import { Controller, Get, Module } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import { checkPermits } from '@film-store/ops';
import { serviceConfig } from '../src/config.ts';
import { type Service, createService, defineService } from '../src/service.ts';

describe('checkPermits', () => {
  it('passes while the oldest permit is younger than a minute, even if the limit is reached', () => {
    expect(checkPermits({ limit: 20.4, inFlight: 20, oldestMs: 59_999.4 })).toEqual({
      limit: 20,
      inFlight: 20,
      oldestMs: 59_999,
    });
  });

  it('fails when a permit has been held for a minute', () => {
    expect(() => checkPermits({ limit: 20, inFlight: 1, oldestMs: 60_000 })).toThrow(
      expect.objectContaining({
        message: 'a permit is not released',
        details: { limit: 20, inFlight: 1, oldestMs: 60_000 },
      }),
    );
  });
});

@Controller()
class FilmsController {
  @Get('films')
  films() {
    return {};
  }
}

@Module({ controllers: [FilmsController] })
class FilmsModule {}

describe('deep health', () => {
  let service: Service;
  afterEach(() => service.stop());

  const details = async (OVERLOAD_STRATEGY: string) => {
    service = await createService(
      defineService({ name: 'films', config: serviceConfig({ port: 0 }), module: FilmsModule }),
      { PORT: '0', LOG_LEVEL: 'silent', OVERLOAD_STRATEGY },
    );
    const response = await fetch(`${await service.start()}/health/deep`);
    return ((await response.json()) as { details: Record<string, unknown> }).details;
  };

  it('shows the state of the permits', async () => {
    expect(await details('fixed')).toMatchObject({
      'load-shedding': { status: 'up', critical: false, limit: 20, inFlight: 0, oldestMs: 0 },
    });
  });

  it('has no check of permits with the strategy off', async () => {
    expect(await details('off')).not.toHaveProperty('load-shedding');
  });
});
