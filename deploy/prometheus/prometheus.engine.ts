import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { imageChoices } from '../compose/images.ts';
import { describeWithEngine } from '../../test/engines/engine.ts';

/** The major version that Compose runs. Debian may have an earlier one. */
const major = /:v(\d+)\./.exec(imageChoices.get('PROMETHEUS_IMAGE') ?? '')?.[1];
const isOfMajor = (program: string): boolean =>
  execFileSync(program, ['--version'], { encoding: 'utf8' }).includes(` version ${major}.`);

const isFound = describeWithEngine(
  `Prometheus ${major}`,
  ['promtool'],
  (program) => {
    it('accepts the configuration and all rules', () => {
      const checked = execFileSync(program, ['check', 'config', 'deploy/prometheus/prometheus.yml'], {
        encoding: 'utf8',
      });
      expect(checked).toMatch(/SUCCESS: .*prometheus\.yml is valid/);
      // It warns that no file matches `targets.d`, which is for targets of your own.
      expect(checked).not.toContain('FAILED');
    });
  },
  isOfMajor,
);
// The cases of the alerts use the first promtool on the PATH.
if (isFound) await import('./rules.spec.ts');
