import { Module } from '@nestjs/common';
import { defineService, runService, serviceConfig } from '@film-store/service';

/** Closes as the variable STUBBORN specifies. */
class Cache {
  onApplicationShutdown(): Promise<void> {
    switch (process.env['STUBBORN']) {
      case 'fails':
        return Promise.reject(new Error('the cache cannot be closed'));
      case 'hangs':
        return new Promise(() => undefined);
      default:
        return Promise.resolve();
    }
  }
}

class ShopModule {}
Module({ providers: [{ provide: Cache, useClass: Cache }] })(ShopModule);

await runService(defineService({ name: 'shop', config: serviceConfig({ port: 3000 }), module: ShopModule }));
