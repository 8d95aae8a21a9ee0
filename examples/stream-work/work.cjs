// The work on one record, in the order of its shard; `record` knows its place and its partition key.
exports.work = async (data, record, { epoch, logger }) => {
  logger.info('record.worked', { sequenceNumber: record.sequenceNumber, type: data?.type, epoch });
};
