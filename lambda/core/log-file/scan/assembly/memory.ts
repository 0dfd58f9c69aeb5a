// Where things stand in the module's memory. What is of variable size stands behind all this, where JavaScript says.

/** What a scan answers: how many elements, where the next one would begin, why it ended there, and where the texts end. */
export const ANSWER: usize = 1024;
/** What JavaScript writes once: the fields of sketches (tables.ts has the order). */
export const TABLES: usize = 2048;
/** For each key of FIELD_TREE where what stands for its value begins, and how long it is. */
export const VALUES: usize = 32768;
/** Where unescaped quotes stand, four bytes each; what was not used yet is moved to the front when more are looked for. */
export const QUOTES: usize = 36864;
/** How many bytes are looked through for quotes at a time. */
export const WINDOW: usize = 4096;
/** For each element: its begin, its end, its depth, where its texts begin (0 if it has no sketch), and where each ends. */
export const ELEMENTS: usize = 65536;
export const ELEMENT_SIZE: usize = 32;
/** Most elements of one scan. */
export const ROOM: i32 = 4096;
/** The bytes to scan, with 64 spaces behind them; then what is open at each depth; then the texts. */
export const INPUT: usize = ELEMENTS + ELEMENT_SIZE * <usize>ROOM;

export const MORE: i32 = 0;
export const FULL: i32 = 1;
export const CLOSED: i32 = 2;
export const BROKEN: i32 = 3;
