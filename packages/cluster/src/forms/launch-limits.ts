/** Limits of a launch that forms and checks share. Pure. */

/** The part of a node name before the `@`, and its maximum length. */
export const nameForm: RegExp = /^[A-Za-z][A-Za-z0-9_-]*$/;
export const maxNameLength = 63;

/** Length of the path or function that a launched node runs. */
export const maxProgramLength = 1000;

/** Linux allows 128 KiB for one variable, and the API accepts a body of 64 KiB. */
export const launchVariableLimits = { count: 64, nameLength: 128, totalBytes: 32_768 } as const;
