// Where things stand in the module's memory. What is of variable size stands behind all this, where JavaScript says.

/** What a scan answers: how many elements, where the next one would begin, and why it ended there. */
export const ANSWER: usize = 1024;
/** What JavaScript writes once: the fields of sketches (tables.ts has the order). */
export const TABLES: usize = 2048;
/** Sixteen of a byte each. */
export const EACH_QUOTE: usize = TABLES + 128;
export const EACH_BACKSLASH: usize = TABLES + 144;
export const EACH_SPACE: usize = TABLES + 160;
export const EACH_DOT: usize = TABLES + 176;
/** Texts that wait to be looked up (texts.ts). */
export const WAITING: usize = 16384;
/** For each key of FIELD_TREE where what stands for its value begins, and how long it is. */
export const VALUES: usize = 32768;
/** Where unescaped quotes stand, four bytes each; what was not used yet is moved to the front when more are looked for. */
export const QUOTES: usize = 36864;
/** How many bytes are looked through for quotes at a time, at least. */
export const WINDOW: usize = 4096;
/**
 * For each element: its begin, its end, its depth, whether it has a sketch, where the sketch's texts are kept (eight at most, 0
 * for what nobody asked for yet), and where the values of those stand that are not always asked for (six at most).
 */
export const ELEMENTS: usize = 65536;
export const ELEMENT_HEAD: usize = 16;
export const ELEMENT_VALUES: usize = 48;
export const ELEMENT_SIZE: usize = 96;
/** Most elements of one scan. */
export const ROOM: i32 = 4096;
/** What is known of a table of texts: how many there are, and behind the last of them. */
export const TABLE_OF_ASKED: usize = 1056;
export const TABLE_OF_OTHERS: usize = 1072;
/** The texts of each table by their hash, four bytes each; then the texts. */
export const SLOTS: usize = ELEMENTS + ELEMENT_SIZE * <usize>ROOM;
export const SLOT_COUNT: usize = 32768;
export const TEXTS: usize = SLOTS + 4 * SLOT_COUNT;
export const TEXTS_SIZE: usize = 2097152;
export const TABLE_SIZE: usize = 4 * SLOT_COUNT + TEXTS_SIZE;
/** Most texts of a table. */
export const MOST_TEXTS: u32 = 16384;
/** The bytes to scan, with 64 spaces behind them; then what is open at each depth. */
export const INPUT: usize = SLOTS + 2 * TABLE_SIZE;

export const MORE: i32 = 0;
export const FULL: i32 = 1;
export const CLOSED: i32 = 2;
export const BROKEN: i32 = 3;
