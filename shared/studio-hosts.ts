/** Where Studio (classic) was served from: the defaults of two settings. */

/**
 * The regions of Studio (classic) and where its API is in each
 * (https://github.com/hning86/azuremlps, code/AzureMLSDK.cs).
 */
export const STUDIO_REGIONS = [
  "southcentralus=https://studioapi.azureml.net",
  "westeurope=https://europewest.studioapi.azureml.net",
  "southeastasia=https://asiasoutheast.studioapi.azureml.net",
  "japaneast=https://japaneast.studioapi.azureml.net",
  "westcentralus=https://uswestcentral.studioapi.azureml.net",
  "germanycentral=https://germanycentral.studioapi.azureml.de",
];

/** Where the management API of classic web services is in each region (same source). */
export const MANAGEMENT_URLS = [
  "southcentralus=https://management.azureml.net",
  "westeurope=https://europewest.management.azureml.net",
  "southeastasia=https://asiasoutheast.management.azureml.net",
  "japaneast=https://japaneast.management.azureml.net",
  "westcentralus=https://uswestcentral.management.azureml.net",
  "germanycentral=https://germanycentral.management.azureml.de",
];
