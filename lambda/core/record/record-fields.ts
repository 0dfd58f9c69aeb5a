/** Fields of a record's top level (CloudTrail User Guide, "CloudTrail record contents"). */
export const RECORD_FIELDS: ReadonlySet<string> = new Set(
  `additionalEventData addendum annotation apiVersion awsRegion edgeDeviceDetails errorCode errorMessage eventCategory eventContext eventID
  eventName eventSource eventTime eventType eventVersion insightDetails managementEvent readOnly recipientAccountId
  requestID requestParameters resources responseElements serviceEventDetails sessionCredentialFromConsole sharedEventID
  sourceIPAddress tlsDetails userAgent userIdentity vpcEndpointAccountId vpcEndpointId`.split(/\s+/),
);

/**
 * The fields of objects that are the same in all records, by where they stand (CloudTrail User Guide, "CloudTrail
 * userIdentity element").
 */
export const NESTED_FIELDS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    userIdentity: `accessKeyId accountId arn credentialId identityProvider inScopeOf invokedBy invokedByDelegate onBehalfOf
      principalId sessionContext type userName`,
    "userIdentity.sessionContext": `assumedRoot attributes ec2RoleDelivery sessionIssuer signInSessionArn sourceIdentity
      webIdFederationData`,
    "userIdentity.sessionContext.attributes": "creationDate mfaAuthenticated",
    "userIdentity.sessionContext.sessionIssuer": "accountId arn principalId type userName",
    "userIdentity.sessionContext.webIdFederationData": "attributes federatedProvider",
    "userIdentity.onBehalfOf": "identityStoreArn userId",
  }).map(([path, fields]) => [path, new Set(fields.split(/\s+/))]),
);
