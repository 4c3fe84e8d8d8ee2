/** User data that no call of a workspace reaches, and where it is had instead. */
export const OUT_OF_REACH = [
  {
    title: "Telemetry of the service",
    reason:
      "No call gives it. Microsoft's privacy portal answers for it, for each signed-in person.",
  },
  {
    title: "Items published to the AI Gallery",
    reason: "They belong to the author's Gallery account, not to the workspace.",
  },
  {
    title: "Credentials stored for data sources",
    reason: "The service keeps them write-only and gives them to nobody.",
  },
  {
    title: "Blobs in the customer's own storage account",
    reason:
      "The storage account of a standard workspace is a resource of its own, in its owner's hands.",
  },
  {
    title: "Logs that the service keeps for itself",
    reason: "They are in Microsoft's storage and go with the service's own clean-up.",
  },
] as const;
