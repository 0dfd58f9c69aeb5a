/** The byte that does not fit, where there is no word. */
export let misfit: usize = 0;

function misfitAt(at: usize): usize {
  misfit = at;
  return 0;
}

/** The byte behind a number or a literal, or 0 if it is none; no part of one stands behind the end, for spaces do. */
export function skipWord(at: usize): usize {
  switch (load<u8>(at)) {
    case 0x74: // t
      return load<u32>(at) == 0x65757274 ? at + 4 : skipLiteral(at, 0x65757274);
    case 0x66: // f
      return load<u32>(at + 1) == 0x65736c61 ? at + 5 : skipLiteral(at + 1, 0x65736c61);
    case 0x6e: // n
      return load<u32>(at) == 0x6c6c756e ? at + 4 : skipLiteral(at, 0x6c6c756e);
    default:
      return skipNumber(at);
  }
}

/** Finds the byte that is not of a literal. */
function skipLiteral(at: usize, literal: u32): usize {
  return misfitAt(at + <usize>(ctz(load<u32>(at) ^ literal) >> 3));
}

function skipNumber(from: usize): usize {
  let at = from;
  if (load<u8>(at) == 0x2d) at++; // minus
  if (load<u8>(at) == 0x30) {
    at++; // a zero stands alone in front of the point
  } else {
    at = skipDigits(at);
    if (at == 0) return 0;
  }
  if (load<u8>(at) == 0x2e) {
    at = skipDigits(at + 1);
    if (at == 0) return 0;
  }
  if ((load<u8>(at) | 0x20) == 0x65) {
    const sign = load<u8>(at + 1);
    at = skipDigits(sign == 0x2b || sign == 0x2d ? at + 2 : at + 1);
  }
  return at;
}

/** The byte behind at least one digit. */
function skipDigits(from: usize): usize {
  let at = from;
  while (<u32>load<u8>(at) - 0x30 <= 9) at++;
  if (at > from) return at;
  return misfitAt(at);
}
