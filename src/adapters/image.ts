// Whether bytes are a picture that a backend may be sent, told by the header alone: nothing is ever decoded.

const MAX_BYTES = 2 * 1024 * 1024;
const MAX_SIDE = 4_096;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** The rule that `isPicture` holds values against, for people. */
export const PICTURE_RULE =
  'takes a PNG, JPEG or WebP picture as base64 text without a data-URL prefix, of at most 2 MiB and 4,096 pixels a side';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** True for base64 text of a PNG, JPEG or WebP picture within the limits; what is cut off or made up is none. */
export function isPicture(base64: string): boolean {
  // Measured before it is decoded; base64 has four characters for three bytes.
  if (base64.length % 4 !== 0 || base64.length > (MAX_BYTES / 3 + 1) * 4 || !BASE64.test(base64))
    return false;
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length > MAX_BYTES) return false;
  const size = readSize(bytes);
  return size !== null && [size.width, size.height].every((side) => side >= 1 && side <= MAX_SIDE);
}

function readSize(bytes: Buffer): Size | null {
  try {
    if (bytes.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n') return readPng(bytes);
    if (bytes.toString('latin1', 0, 3) === '\xff\xd8\xff') return readJpeg(bytes);
    if (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP')
      return readWebp(bytes);
    return null;
  } catch {
    // A Buffer throws where it is read beyond its end.
    return null;
  }
}

function readPng(bytes: Buffer): Size | null {
  if (bytes.toString('latin1', 12, 16) !== 'IHDR') return null;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** Steps from segment to segment, `ff`, marker, length, until the one that tells the size. */
function readJpeg(bytes: Buffer): Size | null {
  let at = 2;
  while (bytes.readUInt8(at) === 0xff) {
    const marker = bytes.readUInt8(at + 1);
    if (marker === 0xff) {
      at += 1; // a fill byte
      continue;
    }
    // Start of frame, in each of its kinds; c4, c8 and cc are tables.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    // The picture's data, or its end: the size would have come before.
    if (marker === 0xda || marker === 0xd9) return null;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

function readWebp(bytes: Buffer): Size | null {
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8 ':
      if (bytes.readUIntBE(23, 3) !== 0x9d012a) return null;
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      if (bytes.readUInt8(20) !== 0x2f) return null;
      const bits = bytes.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    default:
      return null;
  }
}
