/** A stretch of a password that guessers try as one: `start` to before `end`, log10 of the guesses it takes. */
export type Piece = Readonly<{ start: number; end: number; magnitude: number }>;
