# A distribution that somebody else manages: in the console, with CloudFormation, in another team's Terraform. Its owner
# changes nothing; the function that this module deploys changes the associations of the named behaviors, and only those.

provider "aws" {
  region = "us-east-1"
}

module "waiting_room" {
  source = "../.."

  name        = "unmanaged"
  customer_id = var.customer_id
  secret_key  = var.queue_it.secret_key
  api_key     = var.queue_it.api_key
}

module "behaviors" {
  source = "../../modules/behavior_association"

  name                         = "unmanaged"
  lambda_function_associations = module.waiting_room.lambda_function_associations

  distributions = {
    shop = {
      distribution_id = var.distribution_id
      path_patterns   = ["*", "/tickets/*"]
    }
  }
}
