/** Fields of a record's top level (CloudTrail User Guide, "CloudTrail record contents"). */
export const RECORD_FIELDS: ReadonlySet<string> = new Set(
  `additionalEventData addendum annotation apiVersion awsRegion edgeDeviceDetails errorCode errorMessage eventCategory eventContext eventID
  eventName eventSource eventTime eventType eventVersion insightDetails managementEvent readOnly recipientAccountId
  requestID requestParameters resources responseElements serviceEventDetails sessionCredentialFromConsole sharedEventID
  sourceIPAddress tlsDetails userAgent userIdentity vpcEndpointAccountId vpcEndpointId`.split(/\s+/),
);

/** Fields of its userIdentity (the same). */
export const IDENTITY_FIELDS: ReadonlySet<string> = new Set(
  `accessKeyId accountId arn credentialId identityProvider inScopeOf invokedBy invokedByDelegate onBehalfOf principalId
  sessionContext type userName`.split(/\s+/),
);
