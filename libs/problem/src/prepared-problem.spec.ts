import { expect, it } from 'vitest';
import { PreparedProblem } from './prepared-problem.ts';
import { Problem } from './problem.ts';

it.each(['01890a5d-ac96-774b-bcce-b302099a8057', 'a "quoted" id', '@', '$&'])(
  'has the same body as the problem, with the request id %j',
  (requestId) => {
    const options = { detail: 'allowed: GET', headers: { allow: 'GET' } };
    const problem = new Problem('method-not-allowed', options);
    const prepared = new PreparedProblem(problem);
    expect(prepared.toBody(requestId)).toBe(JSON.stringify(problem.toBody(requestId)));
    expect(prepared.toBody('another')).toBe(JSON.stringify(problem.toBody('another')));
    expect([prepared.status, prepared.headers]).toEqual([405, { allow: 'GET' }]);
  },
);
