/**
 * The tag bytes of the external term format, under the names of the OTP documentation ("External Term Format").
 */

/** The first byte of every term outside a distribution header. */
export const VERSION_MAGIC = 131;

export const NATIVE_RECORD_EXT = 67; // n, flags, module, name, field names, values (OTP 29)
export const NEW_FLOAT_EXT = 70; // 8 bytes IEEE 754
export const BIT_BINARY_EXT = 77; // u32 length, u8 bits of the last byte, data
export const COMPRESSED = 80; // u32 uncompressed size, zlib stream; only after the version byte
export const ATOM_CACHE_REF = 82; // u8; only after a distribution header
export const NEW_PID_EXT = 88; // node, u32 id, u32 serial, u32 creation
export const NEW_PORT_EXT = 89; // node, u32 id, u32 creation
export const NEWER_REFERENCE_EXT = 90; // u16 n, node, u32 creation, n words
export const SMALL_INTEGER_EXT = 97; // u8
export const INTEGER_EXT = 98; // i32
export const FLOAT_EXT = 99; // 31 bytes of text
export const ATOM_EXT = 100; // u16 length, Latin-1
export const REFERENCE_EXT = 101; // node, u32 id, u8 creation
export const PORT_EXT = 102; // node, u32 id, u8 creation
export const PID_EXT = 103; // node, u32 id, u32 serial, u8 creation
export const SMALL_TUPLE_EXT = 104; // u8 arity
export const LARGE_TUPLE_EXT = 105; // u32 arity
export const NIL_EXT = 106;
export const STRING_EXT = 107; // u16 length, bytes: a list of integers 0..255
export const LIST_EXT = 108; // u32 length, elements, tail
export const BINARY_EXT = 109; // u32 length, data
export const SMALL_BIG_EXT = 110; // u8 n, u8 sign, n bytes little-endian
export const LARGE_BIG_EXT = 111; // u32 n, u8 sign, n bytes little-endian
export const NEW_FUN_EXT = 112; // u32 size, u8 arity, 16 uniq, u32 index, u32 free, module, index, uniq, pid, free vars
export const EXPORT_EXT = 113; // module, function, arity
export const NEW_REFERENCE_EXT = 114; // u16 n, node, u8 creation, n words
export const SMALL_ATOM_EXT = 115; // u8 length, Latin-1
export const MAP_EXT = 116; // u32 pairs
export const FUN_EXT = 117; // removed in OTP 23
export const ATOM_UTF8_EXT = 118; // u16 length, UTF-8
export const SMALL_ATOM_UTF8_EXT = 119; // u8 length, UTF-8
export const V4_PORT_EXT = 120; // node, u64 id, u32 creation
export const LOCAL_EXT = 121; // readable only by the node that wrote it
