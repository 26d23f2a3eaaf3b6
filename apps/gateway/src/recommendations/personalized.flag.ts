import { Injectable } from '@nestjs/common';
import { FeatureDisabled, startDegradedSeries } from '@film-store/degradation';
import { type FlagDegradation, Flags, booleanFlag, flagDegradations } from '@film-store/feature-flags';

/** Disabled by default: popular films fit every page, and a feature that an operator disabled must stay disabled. */
export const personalizedRecommendations = booleanFlag('recommendations.personalized', {
  default: false,
  description: 'Shows films similar to the product on its page. If disabled, shows popular films.',
});

/** Decides whether the page of a product shows films similar to it. */
@Injectable()
export class PersonalizedFlag {
  constructor(private readonly flags: Flags) {
    startDegradedSeries('flags', ['default']);
  }

  /** @throws FeatureDisabled */
  async assertEnabled(productId: string): Promise<void> {
    const { value } = await this.#evaluate(productId);
    if (!value) throw new FeatureDisabled();
  }

  /** Returns the entries of a response's `degraded` list: one while the flag has its declared default. */
  async degradations(productId: string): Promise<FlagDegradation[]> {
    return flagDegradations(await this.#evaluate(productId));
  }

  #evaluate(productId: string) {
    return this.flags.boolean(personalizedRecommendations, { targetingKey: productId });
  }
}
