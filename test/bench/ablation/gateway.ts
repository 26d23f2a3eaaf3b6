/*
 * Our gateway, without the parts in ABLATION_OFF that no setting removes. Without the variable it is the gateway as
 * shipped. Node strips types but no decorators, so this file is compiled before it runs.
 */
import 'reflect-metadata';
import { Injectable } from '@nestjs/common';
import type { LastKnownGood } from '@film-store/degradation';
import { UseRoutePolicy } from '@film-store/http-server';
import { runService } from '@film-store/service';
import { gateway } from '../../../apps/gateway/src/gateway.ts';
import {
  LAST_KNOWN_GOOD,
  LastKnownGoodModule,
} from '../../../apps/gateway/src/last-known-good/last-known-good.module.ts';
import { OrdersController } from '../../../apps/gateway/src/orders/orders.controller.ts';
import { ProductsController } from '../../../apps/gateway/src/products/products.controller.ts';
import { LIST_MAX_STALE_MS, PAGE_MAX_STALE_MS } from '../../../apps/gateway/src/products/products.service.ts';
// #region part: recommendations
import { RecommendationsClient } from '../../../apps/gateway/src/recommendations/recommendations.client.ts';
import { RecommendationsPartModule } from '../../../apps/gateway/src/recommendations/recommendations-part.module.ts';
import { RecommendationsPart } from '../../../apps/gateway/src/recommendations/recommendations.part.ts';
// #endregion part: recommendations

const NO_DEADLINE_MS = 60_000;
const ORDER_MS = 5000;
const READ_MS = 1000;

const off = new Set((process.env['ABLATION_OFF'] ?? '').split(','));

/** Replaces the provider of a module before Nest reads it. */
function replaceProvider(module: object, token: unknown, provider: object): void {
  const providers = Reflect.getMetadata('providers', module) as (object & { readonly provide?: unknown })[];
  const others = providers.filter((each) => each !== token && each.provide !== token);
  Reflect.defineMetadata('providers', [...others, provider], module);
}

/** Replaces the policy of a route before Nest reads it. */
function replacePolicy(
  { prototype }: { readonly prototype: object },
  handler: string,
  policy: Parameters<typeof UseRoutePolicy>[0],
): void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, handler);
  if (!descriptor) throw new Error(`there is no handler ${handler}`);
  UseRoutePolicy(policy)(prototype, handler, descriptor);
}

const budget = (ms: number): number => (off.has('deadline') ? NO_DEADLINE_MS : ms);
if (off.has('deadline') || off.has('priorities')) {
  const orderPriority = off.has('priorities') ? 'normal' : 'critical';
  replacePolicy(OrdersController, 'place', { budgetMs: budget(ORDER_MS), priority: orderPriority });
  replacePolicy(ProductsController, 'page', { budgetMs: budget(READ_MS), maxStaleMs: PAGE_MAX_STALE_MS });
  replacePolicy(ProductsController, 'list', { budgetMs: budget(READ_MS), maxStaleMs: LIST_MAX_STALE_MS });
}

if (off.has('degradation')) {
  const empty: LastKnownGood = { read: async () => undefined, set: () => undefined, delete: () => undefined };
  replaceProvider(LastKnownGoodModule, LAST_KNOWN_GOOD, { provide: LAST_KNOWN_GOOD, useValue: empty });
  // #region part: recommendations
  /** Fails with its upstream. */
  @Injectable()
  class RequiredRecommendations {
    readonly feature = 'recommendations';

    constructor(private readonly recommendations: RecommendationsClient) {}

    async load(productId: string) {
      const items = await this.recommendations.forProduct(productId, 6);
      return { body: { items, source: 'personalized', degraded: false }, degraded: [] };
    }
  }
  replaceProvider(RecommendationsPartModule, RecommendationsPart, {
    provide: RecommendationsPart,
    useClass: RequiredRecommendations,
  });
  // #endregion part: recommendations
}

await runService(gateway);
