import { parsePaymentEnvironment } from './payment-environment';
import { startPayment } from './payment-server';
import { runProcessOf } from './process';

void runProcessOf('payment', process.env, parsePaymentEnvironment, startPayment);
