import { expect, it } from 'vitest';
import { createPlatform } from '../../../../test/support/create-platform.ts';
import { toServices } from '../../derived.ts';
import { findHosts, toAddresses, toRegionalAddresses } from './region-hosts.ts';

const [web, stock, prices, mail] = toServices(
  createPlatform({ web: {}, stock: {}, prices: { replicas: 3 }, mail: { replicas: 1 } }),
);

it('gives each region a container of the public service and its part of the replicas', () => {
  expect(findHosts(web!, 'north')).toEqual(['web']);
  expect(findHosts(web!, 'south')).toEqual(['web-south']);
  expect(findHosts(prices!, 'north')).toEqual(['prices-1', 'prices-2']);
  expect(findHosts(prices!, 'south')).toEqual(['prices-3']);
});

it('puts the own region first, and a single replica in both', () => {
  expect(toRegionalAddresses(stock!, 'north')).toBe('http://stock-1:3999|http://stock-2:3999');
  expect(toRegionalAddresses(stock!, 'south')).toBe('http://stock-2:3999|http://stock-1:3999');
  expect(toRegionalAddresses(prices!, 'south')).toBe(
    'http://prices-3:3998|http://prices-1:3998,http://prices-2:3998',
  );
  expect(toRegionalAddresses(mail!, 'south')).toBe('http://mail:3997');
});

it('treats all replicas as equal without regions', () => {
  expect(toAddresses(stock!)).toBe('http://stock-1:3999,http://stock-2:3999');
});
