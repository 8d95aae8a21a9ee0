// The work on one message: `body` is the message's JSON, `epoch` the fencing token of what is written.
exports.work = async ({ id, body }, { epoch, logger }) => {
  if (typeof body?.orderId !== 'string') throw new Error('the message names no order');
  logger.info('order.worked', { messageId: id, orderId: body.orderId, epoch });
};
