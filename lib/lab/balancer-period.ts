/** Seconds of a period of the metrics of a lab's balancers. That of an Application Load Balancer is a minute. */
export const LAB_PERIOD_SECONDS = 1;
