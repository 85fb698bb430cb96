// A dialogue as a person reads it: its steps in the order in which one comes to them, and where each
// leads. Only for showing; whether a dialogue fits is the server's to say.
export interface Way {
  /** What makes it go there: a choice's text key, an outcome, or nothing but the end of the step. */
  readonly by: 'choice' | 'outcome' | 'next' | 'none' | 'again' | 'guests';
  readonly name: string;
  /** The next step; empty: the dialogue ends. */
  readonly to: string;
}
export interface Step {
  readonly name: string;
  readonly kind: 'say' | 'ask' | 'do' | 'begin';
  /** Key of the text, or name of the action or dialogue. */
  readonly what: string;
  readonly takes: string;
  readonly lists: string;
  readonly ways: readonly Way[];
}
export interface Dialogue {
  readonly starts: readonly { readonly by: string; readonly name: string; readonly step: string }[];
  readonly steps: readonly Step[];
  readonly texts: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : {};
}
function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function stepOf(name: string, json: Json): Step {
  const ways: Way[] = [];
  for (const one of list(json.choices).map(object)) {
    ways.push({ by: 'choice', name: text(one.text), to: text(one.next) });
  }
  for (const [outcome, to] of Object.entries(object(json.on))) {
    ways.push({ by: 'outcome', name: outcome, to: text(to) });
  }
  const kind = (['ask', 'do', 'begin'] as const).find((one) => text(json[one])) ?? 'say';
  const takes = text(json.take);
  const lists = text(json.list);
  if (kind === 'say' || kind === 'begin' || takes || lists)
    ways.push({ by: 'next', name: takes, to: text(json.next) });
  if (lists) ways.push({ by: 'none', name: '', to: text(json.none) });
  if (text(json.again)) ways.push({ by: 'again', name: '', to: text(json.again) });
  if (text(json.guests)) ways.push({ by: 'guests', name: '', to: text(json.guests) });
  return { name, kind, what: text(json[kind]), takes, lists, ways };
}

function startsOf(json: Json, first: string): Dialogue['starts'] {
  const starts = object(json);
  const found: { by: string; name: string; step: string }[] = [];
  for (const [intent, step] of Object.entries(object(starts.intents))) {
    found.push({ by: 'intent', name: intent, step: text(step) });
  }
  for (const word of list(starts.words)) {
    found.push({ by: 'word', name: text(word), step: first });
  }
  for (const [button, start] of Object.entries(object(starts.buttons))) {
    found.push({ by: 'button', name: button, step: text(object(start).step) });
  }
  for (const [event, step] of Object.entries(object(starts.events))) {
    found.push({ by: 'event', name: event, step: text(step) });
  }
  return found;
}

/** Null if it is not JSON of an object. */
export function readDialogue(source: string): Dialogue | null {
  let json: Json;
  try {
    json = object(JSON.parse(source));
  } catch {
    return null;
  }
  const all = object(json.steps);
  const first = text(json.first);
  const starts = startsOf(object(json.starts), first);
  const steps = new Map<string, Step>();
  const open = [...starts.map((start) => start.step), first];
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    if (name === '' || steps.has(name) || !(name in all)) continue;
    const step = stepOf(name, object(all[name]));
    steps.set(name, step);
    open.push(...step.ways.map((way) => way.to));
  }
  for (const name of Object.keys(all)) {
    if (!steps.has(name)) steps.set(name, stepOf(name, object(all[name])));
  }
  const texts = new Set<string>();
  for (const step of steps.values()) {
    if ((step.kind === 'say' || step.kind === 'ask') && step.what) texts.add(step.what);
    for (const way of step.ways) if (way.by === 'choice') texts.add(way.name);
  }
  return { starts, steps: [...steps.values()], texts: [...texts] };
}

/** A dialogue that says one thing when one of these words comes; its text is messages.<name>. */
export function simpleDialogue(name: string, words: readonly string[]): string {
  return JSON.stringify(
    {
      dialogue: name,
      starts: { words },
      first: 'say',
      steps: { say: { say: `messages.${name}` } },
    },
    null,
    2,
  );
}
