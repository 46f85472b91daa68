/** What became of suggestions, as a page of Markdown. */

/** What `mendline/figures` tells of one language on one day. */
export interface Figures {
  language: string;
  shown: number;
  accepted: number;
  partiallyAccepted: number;
  /** How many accepted ones were looked at 30 s later. */
  followed: number;
  kept: number;
  characters: number;
}

/** The answer to `mendline/figures`, the latest day first. */
export interface Told {
  days: { day: string; languages: Figures[] }[];
}

const DAYS = 14;
const HEAD = 'shown | accepted | in part | kept after 30 s | characters saved |\n|---|--:|--:|--:|--:|--:|';

/** Return the page. */
export function page({ days }: Told): string {
  const all = days.flatMap((each) => each.languages);
  const first = days.at(-1);
  if (!first) return '# Acceptance\n\nNo suggestion has been shown yet.\n\nThese figures are counted on this machine and stay on it.\n';
  const languages = [...new Set(all.map((each) => each.language))].map((language) =>
    summed(all.filter((each) => each.language === language), language || 'unknown'),
  );
  const recent = days.slice(0, DAYS).map(({ day, languages: figures }) => summed(figures, day));
  return `${[
    '# Acceptance',
    `Since ${first.day}. Counted on this machine, and kept on it: no code, only numbers.`,
    '## By language',
    `| language | ${HEAD}\n${rows([...languages.sort((one, other) => other.shown - one.shown), summed(all, 'all')])}`,
    '## By day',
    `| day | ${HEAD}\n${rows(recent)}`,
  ].join('\n\n')}\n`;
}

function summed(figures: readonly Figures[], language: string): Figures {
  const sum = { language, shown: 0, accepted: 0, partiallyAccepted: 0, followed: 0, kept: 0, characters: 0 };
  for (const each of figures) {
    for (const name of ['shown', 'accepted', 'partiallyAccepted', 'followed', 'kept', 'characters'] as const) {
      sum[name] += each[name];
    }
  }
  return sum;
}

function rows(all: readonly Figures[]): string {
  return all
    .map(({ language, shown, accepted, partiallyAccepted, followed, kept, characters }) => {
      const cells = [shown, share(accepted, shown), share(partiallyAccepted, shown), share(kept, followed), characters];
      return `| ${language.replace(/[^\w .+#-]/g, '')} | ${cells.join(' | ')} |`;
    })
    .join('\n');
}

function share(part: number, whole: number): string {
  return whole > 0 ? `${part} (${Math.round((100 * part) / whole)} %)` : '–';
}
