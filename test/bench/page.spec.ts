import { expect, it } from 'vitest';
import { renderPage } from './page.ts';

const page = renderPage(
  [
    {
      name: 'gateway-overhead',
      question: 'What does <it> cost?',
      load: '10 requests',
      machine: '2 × AMD',
      node: 'v26.0.0',
      commit: 'abc1234',
      measured: [
        { name: 'ours / theirs', unit: 'ratio', value: 0.4, goal: '≤ 0.6' },
        { name: 'ours', unit: 'µs', value: 50, goal: '≤ 40' },
        { name: 'theirs', unit: 'µs', value: 200 },
      ],
      plots: [
        {
          title: 'By round',
          x: 'round',
          y: 'µs',
          series: [
            {
              name: '</script>',
              points: [
                [1, 48.04],
                [2, 52],
              ],
            },
          ],
          bands: [
            { name: 'out of <paper>', kind: 'fault', from: 1.25, to: 2 },
            { name: 'tray: open', kind: 'open', from: 1.5, to: 2 },
          ],
        },
      ],
      cells: ['on-1', 'on-2', 'breaker'].map((subject) => ({
        fault: 'paper-<jam>',
        subject,
        round: 1,
        figures: {
          lost: subject === 'breaker' ? 0.5 : 0,
          incomplete: 0.5,
          p99Ms: 20,
          ordersLost: 0,
          ordersDoubled: 0,
          calls: 1,
          recoveryS: 0,
        },
      })),
      tables: [{ title: 'Jams', columns: ['tray', 'sheets'], rows: [['<upper>', '3']] }],
    },
  ],
  { title: 'Costs & more', text: 'What <all> costs.' },
);

it('shows each figure in a row of a table with its goal, and whether it was reached in words', () => {
  expect(page).toContain(
    '<tr><th scope="row">ours / theirs</th><td>0.40</td><td>≤ 0.6 <strong class="reached">✓ reached</strong></td></tr>',
  );
  expect(page).toContain('<td>≤ 40 <strong class="missed">✗ missed</strong></td>');
});

it('draws bars of one unit at one scale', () => {
  expect(page).toContain('<td>50.0 µs<span class="bar" style="--share: 25.0%"></span></td>');
  expect(page).toContain('<td>200 µs<span class="bar" style="--share: 100.0%"></span></td>');
});

it('describes each plot for screen readers', () => {
  expect(page).toContain(
    'aria-label="By round: µs over round. &lt;/script&gt;: 48 to 52. out of &lt;paper&gt; from 1.25 to 2. tray: open from 1.5 to 2."',
  );
  expect(page).toContain('From the top: tray.');
});

it('states in words what each defense changes under each fault', () => {
  expect(page).toContain('<th scope="col">paper-&lt;jam&gt;</th>');
  expect(page).toContain(
    '<tr><th scope="row">breaker</th><td class="helps"><strong>▲ helps</strong> pages lost 0.0 % → 50 %</td></tr>',
  );
  expect(page).toContain('<tr><th scope="row">hedge</th><td class="none">not measured</td></tr>');
});

it('escapes all its input', () => {
  expect(page).toContain('What does &lt;it&gt; cost?');
  expect(page).toContain('<tr><th scope="row">&lt;upper&gt;</th><td>3</td></tr>');
  expect(page).toContain('<h1>Costs &amp; more</h1>');
  expect(page).toContain('<p>What &lt;all&gt; costs.</p>');
  expect(page).toContain(String.raw`"name":"\u003c/script>"`);
});

it('needs nothing from the network', () => {
  expect(page).not.toMatch(/(?:src|href)="(?!#|data:)/);
});
