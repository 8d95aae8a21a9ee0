// Waits in lab tests are on conditions; this only bounds a test that will never end.
jest.setTimeout(240_000);
