import { describeExit } from './process.ts';
import type { Supervisor, SupervisorOptions } from './supervisor.ts';
import type { Step, Terminal } from './terminal.ts';

/** Reports the states of a supervised service in the terminal. Calls `onReady` after every successful start. */
export function createReporter(terminal: Terminal, onReady: () => void): SupervisorOptions['onChange'] {
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
        else terminal.print(`${name} stopped and does not restart`);
        return;
      case 'backing-off':
        step?.drop();
        step = undefined;
        terminal.print(`${name} died (${describeExit(state.exit)}) and restarts in ${state.delay / 1000} s`);
        return;
      case 'misconfigured':
        step?.drop();
        step = undefined;
        terminal.print(`the configuration of ${name} is not valid (exit code 78), so it does not restart`);
        return;
      default:
        state satisfies never;
    }
  };
}

function reportStart(terminal: Terminal, supervisor: Supervisor, onReady: () => void): Step {
  const { name, pid } = supervisor;
  const step = terminal.step(`starting ${name}`);
  const report = async () => {
    try {
      await supervisor.ready();
      onReady();
      step.done(`${name} started, pid ${pid}`);
    } catch {
      // `ready` rejects with the reason at the first start. Later, the log has it.
      step.failed(`${name} did not start`);
    }
  };
  void report();
  return step;
}
