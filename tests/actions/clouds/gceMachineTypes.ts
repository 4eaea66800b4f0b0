/** Machine types that the stub of Compute Engine offers in its zone; facts as Google's reference gives them. */
export const GCE_TYPES = {
  'e2-standard-2': { guestCpus: 2, memoryMb: 8_192, architecture: 'X86_64' },
  'e2-standard-4': { guestCpus: 4, memoryMb: 16_384, architecture: 'X86_64' },
  'e2-micro': { guestCpus: 2, memoryMb: 1_024, architecture: 'X86_64', isSharedCpu: true },
  'n2-standard-4': { guestCpus: 4, memoryMb: 16_384, architecture: 'X86_64' },
  'n4-standard-2': { guestCpus: 2, memoryMb: 8_192, architecture: 'X86_64' },
  't2a-standard-2': { guestCpus: 2, memoryMb: 8_192, architecture: 'ARM64' },
} as const;
