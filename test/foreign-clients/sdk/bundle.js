import * as sdk from '@savabegh/client';

globalThis.sdk = sdk;
