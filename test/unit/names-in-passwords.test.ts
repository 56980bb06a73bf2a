import t from 'tap';
import { acceptedChance, createNameFinder } from '../../src/features/passwords/names-in-passwords.ts';
import { persianWords } from '../../src/features/passwords/persian-words.ts';

/** Numbers below `limit`, the same at every run (mulberry32). */
function createDice(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

const small = 'abcdefghijklmnopqrstuvwxyz';
const alphabet = `${small}${small.toUpperCase()}0123456789`;
const lengths = [8, 12, 20, 64];

const rareNames = (
  'آوا آوا‌ناز اوا لی جم نی ایو یحیی یعیا طه مه‌رو ژی هو عطار عطاری طر نوا لیا اویس عیسی وی واو یو او هوو ' +
  'Bo Li Xi Wu Lee Ali Eve Ana Aoi Io Ng Nguyen Abdulrahman'
).split(' ');
const surnameEndings = ['ی', 'زاده', ' زاده', '‌پور', 'نیا', '‌نژاد', ' موسوی نیک', ''];

function inventNames(roll: (limit: number) => number): string[] {
  const pick = <Item>(items: readonly Item[]) => items[roll(items.length)] as Item;
  const anyName = () => (roll(5) === 0 ? pick(rareNames) : pick(persianWords).persian);
  const first = roll(6) === 0 ? `${pick(['سید', 'محمد', 'امیر'])} ${anyName()}` : anyName();
  return [first, `${anyName()}${pick(surnameEndings)}`];
}

function randomPassword(roll: (limit: number) => number, length: number): string {
  return Array.from({ length }, () => alphabet[roll(alphabet.length)]).join('');
}

t.test('of random passwords hardly one is refused for the name, whoever it is', async (t) => {
  const roll = createDice(12);
  const people = Array.from({ length: 3000 }, () => inventNames(roll));
  for (const length of lengths) {
    const passwords = Array.from({ length: 20 }, () => randomPassword(roll, length));
    const refused = people.map((names) => passwords.filter(createNameFinder(names)).length);
    const share = refused.reduce((sum, count) => sum + count, 0) / (people.length * passwords.length);
    t.ok(share <= acceptedChance, `${length} characters: ${share}`);
    // With one in a thousand each, three of twenty come to one person of 3,000 once in 290 runs.
    t.ok(Math.max(...refused) < 3, `${length} characters: somebody is refused ${Math.max(...refused)} of 20`);
  }
});

/** Texts of so many letters that `names` are found in, as words and inside of words, reckoned over all there are. */
function countTelling(names: readonly string[], length: number, lettersOfText: number) {
  const isFound = createNameFinder(names);
  let asWord = 0;
  let inside = 0;
  const rest = '7'.repeat(length - lettersOfText - 2);
  const total = small.length ** lettersOfText;
  for (let number = 0; number < total; number += 1) {
    let text = '';
    for (let left = number, place = 0; place < lettersOfText; place += 1) {
      text += small[left % small.length];
      left = Math.floor(left / small.length);
    }
    if (isFound(`7${text}7${rest}`)) asWord += 1;
    // Beside letters of its own case: no word.
    if (isFound(`7${text.toUpperCase()}Q${rest}`)) inside += 1;
  }
  return { asWord, inside };
}

t.test('of three letters, no name has more tellings than chance allows', async (t) => {
  const people = [
    ['آوا', 'نوا'],
    ['علی', 'لی'],
    ['عطار', 'عطاری'],
    ['Bo', 'Li'],
    ['Lee', 'Ana'],
    ['هو', 'یو'],
  ];
  for (const names of people) {
    for (const length of lengths) {
      const { asWord, inside } = countTelling(names, length, 3);
      const places = length - 2;
      // Between other characters a word needs a digit or the other case on both sides; at the edges it does not.
      const perWord = ((places - 2) * 0.862 + 2 * 1.91) / 62 ** 3;
      const chance = asWord * perWord + inside * places * (2 / 62) ** 3;
      t.ok(chance <= acceptedChance, `${names} in ${length}: ${asWord} words, ${inside} inside, ${chance}`);
    }
  }
});

t.test('nobody with the shortest names is refused more often, in many passwords', async (t) => {
  const roll = createDice(21);
  for (const names of [
    ['آوا', 'نوا'],
    ['Bo', 'Li'],
    ['علی', 'عطار'],
    ['سید مهدی', 'موسوی نیک'],
  ]) {
    for (const length of lengths) {
      const isFound = createNameFinder(names);
      const tries = 8000;
      let refused = 0;
      for (let index = 0; index < tries; index += 1) {
        if (isFound(randomPassword(roll, length))) refused += 1;
      }
      // Eight are expected at the limit; eighteen come once in a thousand runs.
      t.ok(refused <= 17, `${names} in ${length}: ${refused} of ${tries}`);
    }
  }
});
