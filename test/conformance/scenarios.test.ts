/** The scenarios themselves: whole, distinct, and one at least for each clause that can be tried. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allChapters } from '../../src/conformance/chapters.ts';
import { readChapter, type Scenario } from '../../src/conformance/scenario.ts';
import { SPEC_FEATURES } from '../../src/conformance/spec-features.ts';
import { spelledOut } from '../../src/conformance/spelled-out.ts';

const CHAPTERS = allChapters();
const SCENARIOS = [...CHAPTERS.values()].flatMap(({ scenarios }) => scenarios);

/** The names that its steps use and do not give. */
function sessionsOf(scenario: Scenario): string[] {
  const given = scenario.steps.flatMap((step) => ('whichever' in step ? [step.as, ...step.others] : []));
  const used = scenario.steps.flatMap((step, at) =>
    spelledOut(step, at).flatMap((plain) => {
      if ('from' in plain) return [plain.from];
      if ('to' in plain) return [plain.to];
      if ('nothing' in plain) return plain.nothing;
      if ('whichever' in plain) return plain.whichever;
      if ('login' in plain) return [plain.login];
      return Object.values(plain).filter((value) => typeof value === 'string');
    }),
  );
  return [...new Set(used)].filter((name) => !given.includes(name));
}

describe('conformance scenarios', () => {
  for (const [file, { title, clauses, scenarios }] of CHAPTERS) {
    it(`${title}: each clause has a scenario, or a reason why it has none`, () => {
      const tried = new Set(scenarios.map(({ clauseId }) => clauseId));
      for (const [id, { untried }] of clauses) {
        assert.equal(tried.has(id), untried === undefined, `${id}: tried, or with a reason`);
      }
    });

    it(`${title}: each scenario is called after its file, and uses sessions that it has`, () => {
      for (const scenario of scenarios) {
        assert.ok(scenario.id.startsWith(`${file}.`), scenario.id);
        for (const name of sessionsOf(scenario)) assert.ok(scenario.sessions.has(name), `${scenario.id}: ${name}`);
      }
    });
  }

  it('say that they need a second realm where they use it', () => {
    for (const { id, sessions, needs } of SCENARIOS) {
      const uses = [...sessions.values()].some(({ realm }) => realm === 'other');
      assert.equal(needs.includes('realms'), uses, id);
    }
  });

  it('try features that the specification has', () => {
    const known = new Set(SPEC_FEATURES.map(({ id }) => id));
    for (const { id, feature } of SCENARIOS) if (feature !== null) assert.ok(known.has(feature), `${id}: ${feature}`);
  });

  it('end each with something that can fail', () => {
    for (const { id, steps } of SCENARIOS) {
      const expects = steps.flatMap((step, at) => spelledOut(step, at)).some((step) => !('send' in step));
      assert.ok(expects, id);
    }
  });

  it('say where they are wrong', () => {
    const chapter = { title: 'x', source: 'x.md', feature: null, clauses: {}, scenarios: [] };
    const scenario = { id: 'x.y', title: 'y', clause: 'z', sessions: { a: null }, steps: [{ nothing: ['a'] }] };
    assert.throws(
      () => readChapter(JSON.stringify({ ...chapter, scenarios: [scenario] })),
      /x\.y: there is no clause z/,
    );
    const steps = [{ too: 'a' }];
    assert.throws(() => readChapter(JSON.stringify({ ...chapter, scenarios: [{ ...scenario, steps }] })), /steps/);
  });
});
