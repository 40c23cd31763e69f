export function missingTools(): { name: string; leavesOut: string; install: string }[];
export function firestoreEmulator(): string | undefined;
export function pubsubEmulator(): string | undefined;
export function cloudSdkFolder(): string;
export function chromiumProgram(): string | undefined;
export function squid(): string | undefined;
export function terraform(): string | undefined;
export function pythonIsHere(): boolean;
