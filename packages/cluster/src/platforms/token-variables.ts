/**
 * The variables that hold the tokens of the platforms. No node gets them, on whatever platform it runs: with one, anyone
 * who has a shell on the node could launch nodes, or delete them. Pure.
 */

import { railwayTokenVariables } from './railway/token-variables.ts';

export const tokenVariables: readonly string[] = [...railwayTokenVariables];
