// The program is in haat_simulation, so that each mutant links the same one.
