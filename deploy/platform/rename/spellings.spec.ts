import { describe, expect, it } from 'vitest';
import { createReplacement, createScopeReplacement } from './spellings.ts';

const SHOE_BOX = { name: 'shoe-box', title: 'Shoe box', scope: '@shoes' };
const ACME = { name: 'acme-shop', title: 'ACME Shop', scope: '@acme' };
const LIBRARIES = ['core', 'load-shedding'];

describe('a replacement', () => {
  const replace = createReplacement(SHOE_BOX, ACME, LIBRARIES);

  it.each([
    ["import { x } from '@shoes/core';", "import { x } from '@acme/core';"],
    ["scope: '@shoes',", "scope: '@acme',"],
    ['node_modules/@shoes/*/index.js', 'node_modules/@acme/*/index.js'],
    ['npm i ./shoes-load-shedding-0.2.0.tgz', 'npm i ./acme-load-shedding-0.2.0.tgz'],
    ['urn:shoe-box:problem:', 'urn:acme-shop:problem:'],
    ['image: ${SHOE_BOX_IMAGE:-shoe-box:latest}', 'image: ${ACME_SHOP_IMAGE:-acme-shop:latest}'],
    ['createdb shoe_box', 'createdb acme_shop'],
    ['host: shoe-box.local', 'host: acme-shop.local'],
    ['deploy/shoe-box.yml', 'deploy/acme-shop.yml'],
    ['# Shoe box: overview', '# ACME Shop: overview'],
    ["The shoe box's API", "The ACME Shop's API"],
    ['class ShoeBoxError', 'class AcmeShopError'],
    ['const shoeBox = createShoeBoxClient()', 'const acmeShop = createAcmeShopClient()'],
  ])('turns %s into %s', (before, after) => {
    expect(replace(before)).toBe(after);
  });

  it.each([
    'my-shoe-boxes and shoe-box2',
    'horseshoe-box',
    'ann@shoes.example',
    '@shoes-and-more/core',
    'the shoes-2.0.0.tgz of another team',
    'shoes',
    'ShoeBoxes is a longer word, and so is horseshoeBox',
  ])('leaves %s', (text) => {
    expect(replace(text)).toBe(text);
  });

  it('takes a name that contains the old one', () => {
    const longer = { name: 'shoe-box-2', title: 'Shoe box 2', scope: '@shoes-2' };
    expect(createReplacement(SHOE_BOX, longer, LIBRARIES)('shoe-box, @shoes/core')).toBe(
      'shoe-box-2, @shoes-2/core',
    );
  });

  it('of the scope leaves the name', () => {
    const x = { name: 'x', title: 'X', scope: '@x' };
    expect(createScopeReplacement(x, ACME, LIBRARIES)("const x = '@x/core'; // x, X, x-core-1.0.0.tgz")).toBe(
      "const x = '@acme/core'; // x, X, acme-core-1.0.0.tgz",
    );
  });
});
