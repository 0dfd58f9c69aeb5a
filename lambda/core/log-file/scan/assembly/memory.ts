// Where things stand in the module's memory. What is of variable size stands behind all this, where JavaScript says.

/**
 * What a scan answers: how many elements, where the next one would begin, why it ended there, and how often the texts were
 * forgotten.
 */
export const ANSWER: usize = 1024;
/** What JavaScript writes once: the fields of sketches (tables.ts has the order). */
export const TABLES: usize = 2048;
/** Sixteen of a byte each. */
export const EACH_QUOTE: usize = TABLES + 128;
export const EACH_BACKSLASH: usize = TABLES + 144;
export const EACH_SPACE: usize = TABLES + 160;
export const EACH_DOT: usize = TABLES + 176;
/** For each key of FIELD_TREE where what stands for its value begins, and how long it is. */
export const VALUES: usize = 32768;
/** Where unescaped quotes stand, four bytes each; what was not used yet is moved to the front when more are looked for. */
export const QUOTES: usize = 36864;
/** How many bytes are looked through for quotes at a time, at least. */
export const WINDOW: usize = 4096;
/** For each element: its begin, its end, its depth, and the number of its sketch (0 if it has none). */
export const ELEMENTS: usize = 65536;
export const ELEMENT_SIZE: usize = 16;
/** Most elements of one scan. */
export const ROOM: i32 = 4096;
/** Texts by their hash, four bytes each. */
export const SLOTS: usize = ELEMENTS + ELEMENT_SIZE * <usize>ROOM;
export const SLOT_COUNT: usize = 32768;
/** Texts by their number. */
export const NUMBERED: usize = SLOTS + 4 * SLOT_COUNT;
/** Most texts that are known. */
export const MOST_TEXTS: i32 = 16384;
/** The texts. */
export const TEXTS: usize = NUMBERED + 4 * <usize>MOST_TEXTS;
export const TEXTS_SIZE: usize = 2097152;
/** The bytes to scan, with 64 spaces behind them; then what is open at each depth. */
export const INPUT: usize = TEXTS + TEXTS_SIZE;

export const MORE: i32 = 0;
export const FULL: i32 = 1;
export const CLOSED: i32 = 2;
export const BROKEN: i32 = 3;
