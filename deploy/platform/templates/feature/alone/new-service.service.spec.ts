import { describe, expect, it } from 'vitest';
import { NewServiceService } from './new-service.service.ts';

describe('NewServiceService', () => {
  const service = new NewServiceService();

  it('returns the entries about a product', async () => {
    expect(await service.find('the-dark-knight-2008')).toEqual({
      items: [{ title: 'New service', text: 'The first entry of the new service.' }],
    });
  });

  it('returns no entries about an unknown product', async () => {
    expect(await service.find('no-such-film')).toEqual({ items: [] });
  });
});
