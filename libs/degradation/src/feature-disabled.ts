import { brand } from '@film-store/core';

/** The error of a source that operators have switched off. */
export class FeatureDisabled extends Error {
  static {
    brand(this, 'degradation/FeatureDisabled');
  }

  override readonly name = 'FeatureDisabled';
}
