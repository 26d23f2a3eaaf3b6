import { describeExit } from './process.ts';
import type { Supervisor, SupervisorOptions } from './supervisor.ts';
import type { Step, Terminal } from './terminal.ts';

/** Tells in the terminal what becomes of one supervised service; `onReady` is called after every successful start. */
export function reportTo(terminal: Terminal, onReady: () => void): SupervisorOptions['onChange'] {
  let step: Step | undefined;
  return (state, supervisor) => {
    const { name } = supervisor;
    switch (state.kind) {
      case 'up':
        step = reportStart(terminal, supervisor, onReady);
        return;
      case 'stopping':
        step?.drop();
        step = terminal.step(`stopping ${name}`);
        return;
      case 'down':
        if (step) step.done(`${name} stopped`);
        else terminal.print(`${name} stopped, not started again`);
        return;
      case 'backing-off':
        step?.drop();
        step = undefined;
        terminal.print(`${name} died (${describeExit(state.exit)}), starts again in ${state.delay / 1000} s`);
        return;
      case 'misconfigured':
        step?.drop();
        step = undefined;
        terminal.print(`${name} refuses its configuration (exit code 78) and is not started again`);
        return;
      default:
        state satisfies never;
    }
  };
}

function reportStart(terminal: Terminal, supervisor: Supervisor, onReady: () => void): Step {
  const { name, pid } = supervisor;
  const step = terminal.step(`starting ${name}`);
  const tell = async () => {
    try {
      await supervisor.ready();
      onReady();
      step.done(`${name} is ready, pid ${pid}`);
    } catch {
      // The reason is for whoever waits for the first start; later it is in the log.
      step.failed(`${name} did not become ready`);
    }
  };
  void tell();
  return step;
}
