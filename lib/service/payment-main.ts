import { parsePaymentEnvironment } from './payment/payment-environment';
import { startPayment } from './payment/payment-server';
import { runProcessOf } from './process';

void runProcessOf('payment', process.env, parsePaymentEnvironment, startPayment);
